"""The renderings of a run."""
