internal import ShutterkeyCore

/// The version of this library.
public let shutterkeyVersion = ShutterkeyCore.version()
