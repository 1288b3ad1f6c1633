from base import Files as Parent
from base import MadeFiles


class Disk(Parent):
    delete_attachment = print


class Cloud(MadeFiles):
    delete_attachment = print
