package dev.shutterkey.operation

import dev.shutterkey.SendFailure
import dev.shutterkey.core.AnswerParts
import dev.shutterkey.protocol.HttpResponse

/** What a driver answers to a [Step]. */
public sealed class Answer {
    internal abstract fun parts(): AnswerParts

    /** The response, whatever its status. */
    public class Response(private val response: HttpResponse) : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Response(response.parts())
    }

    /** No response. */
    public class SendFailed(private val failure: SendFailure) : Answer() {
        override fun parts(): AnswerParts = AnswerParts.SendFailed(failure.wire)
    }

    /** There is no record. */
    public data object NotThere : Answer() {
        override fun parts(): AnswerParts = AnswerParts.NotThere
    }

    /** The record with its version. */
    public class Loaded(private val record: ByteArray, private val version: Long) : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Loaded(record, version.toULong())
    }

    /** The lease, by its number: it grows with every lease of a key. */
    public class Leased(private val fence: Long) : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Leased(fence.toULong())
    }

    /** Somebody else has the lease. */
    public data object LeaseHeld : Answer() {
        override fun parts(): AnswerParts = AnswerParts.LeaseHeld
    }

    /** It was written, with this version: it grows with every write of a key. */
    public class Saved(private val version: Long) : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Saved(version.toULong())
    }

    /** Another version is there, or a later lease was given out. */
    public data object Conflict : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Conflict
    }

    /** The store could not do it: a code of the `store` family; `store.unavailable` by default. */
    public class StoreFailed(private val code: String? = null) : Answer() {
        override fun parts(): AnswerParts = AnswerParts.StoreFailed(code)
    }

    /** The lease is back. */
    public data object Released : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Released
    }

    /** The record is gone. */
    public data object Deleted : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Deleted
    }

    /** The time has passed. */
    public data object Waited : Answer() {
        override fun parts(): AnswerParts = AnswerParts.Waited
    }
}
