"""Pictures of the chat's screens, compared with those that were looked at and kept."""
