import chatkit.types as types


class Extra:
    pass


types.Extra = Extra
made = types.Extra()
other = types.Extras()  # CKS003
