package dev.shutterkey.operation

import dev.shutterkey.StoreRecord
import dev.shutterkey.core.DoneParts
import dev.shutterkey.core.NativeRecord
import dev.shutterkey.core.StepParts
import dev.shutterkey.maybeInstant
import dev.shutterkey.protocol.HttpRequest
import dev.shutterkey.protocol.requestOf
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What an operation asks its driver to do. */
public sealed class Step<out T> {
    /** Send a request. Answer [Answer.Response] or [Answer.SendFailed]. */
    public class Send internal constructor(
        /** The request. */
        public val request: HttpRequest,
    ) : Step<Nothing>() {
        override fun toString(): String = "Send($request)"
    }

    /** Load a record. Answer [Answer.Loaded], [Answer.NotThere] or [Answer.StoreFailed]. */
    public class Load internal constructor(
        /** Which. */
        public val key: String,
    ) : Step<Nothing>() {
        override fun toString(): String = "Load($key)"
    }

    /** Take a lease. Answer [Answer.Leased], [Answer.LeaseHeld] or [Answer.StoreFailed]. */
    public class Lease internal constructor(
        /** Of what. */
        public val key: String,
        /** For how long at most. */
        public val ttl: Duration,
    ) : Step<Nothing>() {
        override fun toString(): String = "Lease($key, $ttl)"
    }

    /**
     * Write a record if the present version is [expected] (`null`: there is none) and no later lease than [fence] was given out.
     * Answer [Answer.Saved], [Answer.Conflict] or [Answer.StoreFailed].
     */
    public class Save internal constructor(
        /** Where. */
        public val key: String,
        /** What. It holds a token. */
        public val record: StoreRecord,
        /** The version that may be replaced. */
        public val expected: Long?,
        /** The lease under which it is written. */
        public val fence: Long?,
    ) : Step<Nothing>() {
        override fun toString(): String = "Save($key, $record, expected=$expected, fence=$fence)"
    }

    /** Give a lease back. Answer [Answer.Released] or [Answer.StoreFailed]. */
    public class Release internal constructor(
        /** Of what. */
        public val key: String,
        /** Its number. */
        public val fence: Long,
    ) : Step<Nothing>() {
        override fun toString(): String = "Release($key, $fence)"
    }

    /** Remove a record if it still has this version. Answer [Answer.Deleted], [Answer.Conflict] or [Answer.StoreFailed]. */
    public class Delete internal constructor(
        /** Which. */
        public val key: String,
        /** The version that may be removed. */
        public val expected: Long,
    ) : Step<Nothing>() {
        override fun toString(): String = "Delete($key, $expected)"
    }

    /** Wait, on the machine's own time. Answer [Answer.Waited]. */
    public class Wait internal constructor(
        /** How long. */
        public val duration: Duration,
    ) : Step<Nothing>() {
        override fun toString(): String = "Wait($duration)"
    }

    /** Finished. */
    public class Done<out T> internal constructor(
        /** With what. */
        public val value: T,
    ) : Step<T>() {
        override fun toString(): String = "Done"
    }
}

internal fun <T> stepOf(parts: StepParts, convert: (DoneParts) -> T): Step<T> =
    when (parts) {
        is StepParts.Send -> Step.Send(parts.request.use(::requestOf))
        is StepParts.Load -> Step.Load(parts.key)
        is StepParts.Lease -> Step.Lease(parts.key, parts.ttl.seconds)
        is StepParts.Save ->
            Step.Save(parts.key, parts.record.use(::recordOf), parts.expected?.toLong(), parts.fence?.toLong())
        is StepParts.Release -> Step.Release(parts.key, parts.fence.toLong())
        is StepParts.Delete -> Step.Delete(parts.key, parts.expected.toLong())
        is StepParts.Wait -> Step.Wait(parts.seconds.seconds)
        is StepParts.Done -> Step.Done(convert(parts.done))
    }

private fun recordOf(held: NativeRecord) =
    StoreRecord(held.reveal(), maybeInstant(held.dueAt()), maybeInstant(held.forgetAt()))
