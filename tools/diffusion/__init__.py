"""The blocks methods are built from. Everything here may import torch at the top; nothing outside imports it early."""
