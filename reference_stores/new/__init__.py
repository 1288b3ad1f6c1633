"""`store-new`: a reference store, written into an application as a part of it.

`engines` says what can be written, `application` looks at where it goes, `plan` decides, `adapt`
makes the text, `write` puts it on the disk, all or nothing. Nothing here imports chatkit, a driver, or
the application.
"""
