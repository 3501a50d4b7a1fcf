"""Starting, finding and stopping the embedded engines."""
