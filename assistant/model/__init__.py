"""The model behind an OpenAI-compatible endpoint: one streamed reply, held to a JSON schema."""

from assistant.model.chat import ChatModel
from assistant.model.terms import Message, ModelEndpoint, Piece, ReplySchema, Sampling

__all__ = ["ChatModel", "Message", "ModelEndpoint", "Piece", "ReplySchema", "Sampling"]
