"""What tests stand on: real engines of their own, a running server, and factories."""
