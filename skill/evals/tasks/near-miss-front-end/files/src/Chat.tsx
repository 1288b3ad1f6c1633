import { ChatKit, useChatKit } from "@openai/chatkit-react";

export function Chat() {
  const { control } = useChatKit({
    api: { url: "/chatkit", domainKey: "local-dev" },
    theme: { colorScheme: "light", radius: "round" },
  });
  return <ChatKit control={control} className="h-full w-full" />;
}
