"""Frames of a client by the byte (RFC 6455 section 5.2), as no library would send them."""
import struct


def masked(first_byte, payload=b"", *, second_byte=None):
    """A client's frame by the byte; the mask is zero, so the payload stays readable."""
    length = 0x80 | len(payload) if second_byte is None else second_byte
    return bytes([first_byte, length]) + b"\0\0\0\0" + payload


def header_of_64_bits(first_byte, length):
    """The begin of a frame that announces `length` bytes in the longest form."""
    return bytes([first_byte, 0xFF]) + struct.pack("!Q", length) + b"mask"
