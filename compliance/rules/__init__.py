"""The rules of the kit's own standard, one module a chapter, one short function a clause."""
