class ComputerUseTask:
    pass
