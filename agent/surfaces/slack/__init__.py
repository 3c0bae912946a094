"""SLACK: `limner slack`, a front process that turns Slack's events into requests and brings the results back."""
