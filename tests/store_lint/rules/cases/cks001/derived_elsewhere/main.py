import base as stores

Made = stores.MadeFiles


def main():
    Made()
