// A server that speaks MongoDB's protocol, for tests: FerretDB on SQLite, with updates made atomic.
//
// FerretDB 1 reads a document, changes it and writes it in three steps, so that of two updates of one
// document one may be lost. In MongoDB each is atomic, and stores rely on it. So clients do not reach
// FerretDB itself, but a door that lets only one writing command in at a time.
//
//	ferretdb ADDRESS FOLDER
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log"
	"log/slog"
	"net"
	"net/url"
	"os"
	"sync"

	"github.com/FerretDB/FerretDB/ferretdb"
)

// The wire protocol: a header of four integers (length, id, id of the request, kind), then the body. That
// of an OP_MSG is flags, a byte, and a document whose first element's name is the command's.
const (
	header     = 16
	kindOpMsg  = 2013
	moreToCome = 2
	command    = header + 4 + 1 + 4 + 1
	longest    = 48_000_000
)

var reading = map[string]bool{
	"hello": true, "ping": true, "find": true, "getMore": true, "killCursors": true, "aggregate": true,
	"endSessions": true, "buildInfo": true, "buildinfo": true, "saslStart": true, "saslContinue": true,
}

var writing sync.Mutex

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: ferretdb ADDRESS FOLDER")
	}
	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[2] + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	go serve(os.Args[1], database)
	if err := database.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func serve(address string, database *ferretdb.FerretDB) {
	behind, err := url.Parse(database.MongoDBURI())
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go converse(client, behind.Host)
	}
}

// converse hands requests to the server and its answers back, until one of the two hangs up.
func converse(client net.Conn, behind string) {
	defer client.Close()
	server, err := net.Dial("tcp", behind)
	if err != nil {
		return
	}
	defer server.Close()
	for {
		request, err := read(client)
		if err != nil {
			return
		}
		answer, err := carryOut(server, request)
		if err != nil {
			return
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

// carryOut returns the answer, empty where the client wants none.
func carryOut(server net.Conn, request []byte) ([]byte, error) {
	if !reading[name(request)] {
		writing.Lock()
		defer writing.Unlock()
	}
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(request[12:]) == kindOpMsg && request[header]&moreToCome != 0 {
		return nil, nil
	}
	return read(server)
}

// name is the request's command, empty where it has none.
func name(request []byte) string {
	if binary.LittleEndian.Uint32(request[12:]) != kindOpMsg || len(request) < command {
		return ""
	}
	name, _, _ := bytes.Cut(request[command:], []byte{0})
	return string(name)
}

// read returns the next message, with its header.
func read(from io.Reader) ([]byte, error) {
	head := make([]byte, header)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(head)
	if length <= header || length > longest {
		return nil, io.ErrUnexpectedEOF
	}
	message := append(head, make([]byte, length-header)...)
	_, err := io.ReadFull(from, message[header:])
	return message, err
}
