pytest_plugins = ["regard.testing.server"]
