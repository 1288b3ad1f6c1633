class ThreadItem:
    def __init__(self, **row):
        self.row = row

    @classmethod
    def model_validate(cls, row):
        return cls(**row)
