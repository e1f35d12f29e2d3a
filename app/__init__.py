"""What people use: the page, the command line, and the wiring of everything below."""
