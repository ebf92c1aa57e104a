package dev.shutterkey.protocol

import dev.shutterkey.Account
import dev.shutterkey.ClientConfig
import dev.shutterkey.Provider
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.StandardSettings
import dev.shutterkey.Token
import dev.shutterkey.TokenAnswer
import dev.shutterkey.call
import dev.shutterkey.exceptionOf
import dev.shutterkey.now
import kotlin.time.Instant
import dev.shutterkey.core.buildExchangeRequest as coreBuildExchangeRequest
import dev.shutterkey.core.buildExtendRequest as coreBuildExtendRequest
import dev.shutterkey.core.buildIdentifyRequest as coreBuildIdentifyRequest
import dev.shutterkey.core.buildMetadataRequest as coreBuildMetadataRequest
import dev.shutterkey.core.buildRefreshRequest as coreBuildRefreshRequest
import dev.shutterkey.core.buildRevokeRequest as coreBuildRevokeRequest
import dev.shutterkey.core.checkReturnTo as coreCheckReturnTo
import dev.shutterkey.core.classify as coreClassify
import dev.shutterkey.core.metadataUrls as coreMetadataUrls
import dev.shutterkey.core.parseExchangeResponse as coreParseExchangeResponse
import dev.shutterkey.core.parseExtendResponse as coreParseExtendResponse
import dev.shutterkey.core.parseIdentifyResponse as coreParseIdentifyResponse
import dev.shutterkey.core.parseMetadata as coreParseMetadata
import dev.shutterkey.core.parseRefreshResponse as coreParseRefreshResponse
import dev.shutterkey.core.parseRevokeResponse as coreParseRevokeResponse

/**
 * Requests and the reading of their answers, in pairs, for callers with an HTTP client and a mind of their own. `now` is when an
 * answer came. What is built where it cannot be sent throws a [ShutterkeyException], such as `config.secret_missing` for what only a
 * backend can do; what is read throws the provider's refusal.
 */
public object Protocol {
    /** The exchange of a code. It may be sent once. [verifier] is that of the pending login. */
    public fun buildExchangeRequest(config: ClientConfig, code: String, verifier: String? = null): HttpRequest =
        call { requestOf(coreBuildExchangeRequest(config.held, code, verifier)) }

    /** The exchange of a short-lived token for a long-lived one. */
    public fun buildExtendRequest(config: ClientConfig, token: Token): HttpRequest =
        call { requestOf(coreBuildExtendRequest(config.held, token.held)) }

    /** The refresh of a token. */
    public fun buildRefreshRequest(config: ClientConfig, token: Token): HttpRequest =
        call { requestOf(coreBuildRefreshRequest(config.held, token.held)) }

    /** The question whose token it is. */
    public fun buildIdentifyRequest(provider: Provider, token: Token): HttpRequest =
        call { requestOf(coreBuildIdentifyRequest(provider.held, token.held)) }

    /** The end of a token at the provider. */
    public fun buildRevokeRequest(config: ClientConfig, token: Token): HttpRequest =
        call { requestOf(coreBuildRevokeRequest(config.held, token.held)) }

    /**
     * Reads the answer to a code exchange. [asked] are the scopes of the login: what was granted where RFC 6749 5.1 lets the answer
     * be silent.
     */
    public fun parseExchangeResponse(
        provider: Provider,
        asked: Iterable<String>,
        response: HttpResponse,
        now: Instant = now(),
    ): TokenAnswer =
        call { TokenAnswer(coreParseExchangeResponse(provider.held, asked.toList(), response.parts(), now.epochSeconds)) }

    /** Reads the answer to the exchange of [token] for a long-lived one. */
    public fun parseExtendResponse(
        provider: Provider,
        token: Token,
        response: HttpResponse,
        now: Instant = now(),
    ): Token =
        call { Token(coreParseExtendResponse(provider.held, token.held, response.parts(), now.epochSeconds)) }

    /**
     * Reads the answer to a refresh of [token]: what it does not say stays as it was. An answer that names another user id than
     * [expected] throws `account.mismatch`.
     */
    public fun parseRefreshResponse(
        provider: Provider,
        token: Token,
        response: HttpResponse,
        now: Instant = now(),
        expected: String? = null,
    ): Token =
        call { Token(coreParseRefreshResponse(provider.held, token.held, expected, response.parts(), now.epochSeconds)) }

    /** Reads whose token it is. */
    public fun parseIdentifyResponse(provider: Provider, response: HttpResponse, now: Instant = now()): Account =
        call { Account(coreParseIdentifyResponse(provider.held, response.parts(), now.epochSeconds)) }

    /** Reads the answer to a revocation. */
    public fun parseRevokeResponse(response: HttpResponse, now: Instant = now()): Unit =
        call { coreParseRevokeResponse(response.parts(), now.epochSeconds) }

    /** What an answer of any endpoint means; `null` for a success. */
    public fun classify(response: HttpResponse, now: Instant = now()): ShutterkeyException? =
        coreClassify(response.parts(), now.epochSeconds)?.let(::exceptionOf)

    /** Where a server's metadata may be (RFC 8414 3.1, OpenID Connect Discovery 4): ask in this order. */
    public fun metadataUrls(issuer: String): List<String> = call { coreMetadataUrls(issuer) }

    /** The request for the metadata at one of [metadataUrls]. */
    public fun buildMetadataRequest(url: String): HttpRequest = requestOf(coreBuildMetadataRequest(url))

    /** Reads a server's metadata into a provider; [settings] stand over it. */
    public fun parseMetadata(
        issuer: String,
        response: HttpResponse,
        settings: StandardSettings = StandardSettings(),
    ): Provider =
        call { Provider(coreParseMetadata(issuer, response.parts(), settings.parts())) }

    /** Refuses a path to return to that leads elsewhere. @throws ShutterkeyException.Redirect `redirect.return_to` */
    public fun checkReturnTo(path: String): Unit = call { coreCheckReturnTo(path) }
}
