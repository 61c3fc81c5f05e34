"""An archive in other formats, a module each."""
