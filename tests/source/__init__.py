"""The reading of a source tree, and each rule of the source on small projects."""
