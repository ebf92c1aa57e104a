package dev.shutterkey

import kotlin.time.Clock
import kotlin.time.Instant

/** A moment of the core: whole seconds since 1970 in UTC. One that no [Instant] can be is the last, or the first, that one can. */
internal fun instant(seconds: Long): Instant = Instant.fromEpochSeconds(seconds)

internal fun maybeInstant(seconds: Long?): Instant? = seconds?.let(::instant)

internal fun now(): Instant = Clock.System.now()
