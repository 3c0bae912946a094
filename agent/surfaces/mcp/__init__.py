"""MCP: the same assistant as tools for other programs' language models, over stdio and streamable HTTP."""
