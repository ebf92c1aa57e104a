package dev.shutterkey

/** The version of this library. */
public val shutterkeyVersion: String get() = dev.shutterkey.core.version()
