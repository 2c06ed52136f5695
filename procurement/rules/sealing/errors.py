"""Every way in which sealing or opening is refused. None of them carries a secret."""

from marketplace.errors import Invalid


class SealingError(Invalid):
    """Base of all refusals of this package."""

    code = "sealing"


class BadKey(SealingError):
    """A public key is not a P-256 point, or a private key is not a P-256 number."""

    code = "bad-key"


class BadCommittee(SealingError):
    """The openers or the quorum do not make a committee."""

    code = "bad-committee"


class BadHeader(SealingError):
    """A header field is missing, unknown, out of range or not in canonical form."""

    code = "bad-header"


class MalformedEnvelope(SealingError):
    """The container is cut short, too large or not in the one permitted form."""

    code = "malformed-envelope"


class PayloadTooLarge(SealingError):
    """The bid is longer than an envelope may hold."""

    code = "payload-too-large"


class SealedForAnother(SealingError):
    """The envelope was sealed for another tender, tenderer, revision, terms or committee."""

    code = "sealed-for-another"


class UnknownOpener(SealingError):
    """There is no opener of that number in the committee."""

    code = "unknown-opener"


class ShareUnreadable(SealingError):
    """The sealed share does not open with this key under this header."""

    code = "share-unreadable"


class ShareMismatch(SealingError):
    """A share is not the one to which the header committed."""

    code = "share-mismatch"


class GateUnreadable(SealingError):
    """The gate part does not open with this gate key under this header."""

    code = "gate-unreadable"


class GateMismatch(SealingError):
    """The gate part is not the one to which the header committed."""

    code = "gate-mismatch"


class TooFewShares(SealingError):
    """Fewer openers than the quorum have released their share."""

    code = "too-few-shares"


class DekMismatch(SealingError):
    """The key is not the one to which the header committed."""

    code = "dek-mismatch"


class DealMismatch(SealingError):
    """The parts were not dealt from the key as the format demands."""

    code = "deal-mismatch"


class CiphertextUnreadable(SealingError):
    """The encrypted bid was altered, or does not belong to this header."""

    code = "ciphertext-unreadable"


class WrongPassphrase(SealingError):
    """The passphrase does not unlock this key."""

    code = "wrong-passphrase"


class MalformedKeyFile(SealingError):
    """The locked key is cut short or not in the one permitted form."""

    code = "malformed-key-file"


class DraftUnreadable(SealingError):
    """The stored draft was altered, belongs to another row, or the draft key changed."""

    code = "draft-unreadable"
