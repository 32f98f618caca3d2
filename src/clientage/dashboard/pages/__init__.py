"""The pages: one file each, with `show(session)`; `shell` puts them in order."""
