"""The vocabulary of the end-to-end tests: real programs, a real broker, clients by the byte, and waiting for conditions."""
