"""One module a form of report: `render(report)` gives its text, and decides nothing."""
