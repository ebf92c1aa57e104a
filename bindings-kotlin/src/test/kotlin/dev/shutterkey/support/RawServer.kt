package dev.shutterkey.support

import java.io.IOException
import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.time.Duration

/**
 * Reads whole requests and answers them with these bytes, one after the other; an empty answer closes the connection instead, and so does
 * one that has no length. After the last one, every request is answered by closing.
 */
class RawServer(
    answers: List<String>,
    private val pause: Duration = Duration.ZERO,
    private val drip: Duration = Duration.ZERO,
    private val dripFrom: Int = 0,
) : AutoCloseable {
    private val server = ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))
    private val left = ArrayDeque(answers)
    private val sockets = CopyOnWriteArrayList<Socket>()
    private val connected = AtomicInteger()
    private val closed = CountDownLatch(1)
    val requests = CopyOnWriteArrayList<String>()
    val connections: Int get() = connected.get()
    val url = "http://127.0.0.1:${server.localPort}"

    init {
        thread(isDaemon = true) {
            try {
                while (true) server.accept().let { socket ->
                    connected.incrementAndGet()
                    sockets += socket
                    thread(isDaemon = true) { serve(socket) }
                }
            } catch (_: IOException) {
                return@thread
            }
        }
    }

    private fun serve(socket: Socket) {
        try {
            socket.use {
                while (true) {
                    requests += read(it.getInputStream()) ?: return
                    val answer = synchronized(left) { left.removeFirstOrNull() }.orEmpty()
                    if (!pause.isZero()) awaitEnd(it)
                    if (answer.isEmpty()) return
                    write(it, answer)
                    if (!answer.endsWithItsBody()) return
                }
            }
        } catch (_: IOException) {
            closed.countDown()
        }
    }

    private fun Duration.isZero() = this == Duration.ZERO

    /** Says nothing until the other side goes. */
    private fun awaitEnd(socket: Socket) {
        socket.soTimeout = pause.inWholeMilliseconds.toInt()
        if (socket.getInputStream().read() < 0) closed.countDown()
    }

    private fun write(socket: Socket, answer: String) {
        val (bytes, out) = answer.encodeToByteArray() to socket.getOutputStream()
        if (drip.isZero()) return out.write(bytes)
        out.write(bytes, 0, dripFrom)
        for (n in dripFrom..<bytes.size) {
            out.write(bytes, n, 1)
            Thread.sleep(drip.inWholeMilliseconds)
        }
    }

    private fun String.endsWithItsBody(): Boolean {
        val length = Regex("Content-Length: (\\d+)").find(this)?.groupValues?.get(1)?.toInt() ?: return false
        return substringAfter("\r\n\r\n").length == length
    }

    private fun read(stream: InputStream): String? {
        val text = StringBuilder()
        stream.read().takeIf { it >= 0 }?.let { text.append(it.toChar()) } ?: return null
        // The first byte of TLS is none of HTTP.
        if (text[0].code == 22) return "tls"
        while (!text.endsWith("\r\n\r\n")) text.append(stream.read().takeIf { it >= 0 }?.toChar() ?: return null)
        val length = Regex("(?i)content-length: (\\d+)").find(text)?.groupValues?.get(1)?.toInt() ?: 0
        return text.append(stream.readNBytes(length).decodeToString()).toString()
    }

    fun awaitClosed(within: Duration): Boolean = closed.await(within.inWholeMilliseconds, TimeUnit.MILLISECONDS)

    override fun close() {
        server.close()
        sockets.forEach(Socket::close)
    }
}
