// The simple transport: Fastify reads the body and writes the answer. It answers every request that the fast transport does not
// take, and would answer those the same, byte for byte. Nothing here parses, coerces or logs what is under review.
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyServerFactory } from 'fastify'
import type { Webhook } from '../admission/outcome.ts'
import type { Answer } from './answer.ts'
import { BODY_TOO_LARGE, MAX_BODY_BYTES } from './body-limit.ts'
import { answerClientError } from './client-error.ts'
import { answerAndLinger } from './linger.ts'
import type { RequestGate } from './request-gate.ts'
import { answerHeaders, askForAnswer, INTERNAL, type ReviewExchange } from './review-exchange.ts'
import { REVIEW_PATHS, type ReviewTarget } from './review-target.ts'
import { statusAnswer } from './status-answer.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the gate read from the URL; set before the body is read. */
    reviewTarget: ReviewTarget | null
  }
}

// No route has a schema; Fastify's own compilers take as long to load as the rest of it.
const noSchemas = (): never => {
  throw new Error('routes have no schemas here')
}

/** Builds the Fastify application on the server that `serverFactory` makes; it does not listen. */
export const createFastifyTransport = (
  serverFactory: FastifyServerFactory,
  gate: RequestGate,
  exchange: ReviewExchange,
): FastifyInstance => {
  const app = Fastify({
    serverFactory,
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    clientErrorHandler: answerClientError,
    // A path that cannot be decoded: no hook runs for it, and the gate has an answer to it too.
    frameworkErrors: (error, request, reply) => {
      const gateAnswer = gate(request.raw)
      refuse('refusal' in gateAnswer ? gateAnswer.refusal : errorAnswer(error, exchange), reply, exchange)
    },
  })
  app.decorateRequest('reviewTarget', null)
  app.removeAllContentTypeParsers()
  // The gate has checked the type; whatever is left is JSON, and stays the bytes that were sent.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  // A root hook runs for unknown paths and methods too, before anything of the body is read.
  app.addHook('onRequest', (request, reply, done) => {
    const gateAnswer = gate(request.raw)
    if ('refusal' in gateAnswer) return refuse(gateAnswer.refusal, reply, exchange)
    request.reviewTarget = gateAnswer.target
    exchange.inFlight += 1
    reply.raw.once('close', () => {
      exchange.inFlight -= 1
    })
    done()
  })
  for (const webhook of Object.keys(REVIEW_PATHS) as Webhook[]) {
    app.post(REVIEW_PATHS[webhook], async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const timeoutMs = request.reviewTarget?.timeoutMs ?? 0
      return send(await askForAnswer(exchange, webhook, body, timeoutMs), reply, exchange)
    })
  }
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const tooLarge = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
    refuse(tooLarge ? BODY_TOO_LARGE : errorAnswer(error, exchange), reply, exchange)
  })
  return app
}

// As a Buffer, because Fastify would add a charset to the content type of a string.
const send = (answer: Answer, reply: FastifyReply, exchange: ReviewExchange): FastifyReply =>
  reply.code(answer.statusCode).headers(answerHeaders(answer, exchange.phase())).send(Buffer.from(answer.body))

const refuse = (answer: Answer, reply: FastifyReply, exchange: ReviewExchange): void => {
  if (answer !== BODY_TOO_LARGE) {
    send(answer, reply, exchange)
    return
  }
  exchange.bodyTooLarge()
  reply.hijack()
  answerAndLinger(reply.request.raw, reply.raw, answer)
}

const errorAnswer = (error: FastifyError, exchange: ReviewExchange): Answer => {
  const statusCode = error.statusCode ?? 500
  if (statusCode < 500) return statusAnswer(statusCode, error.message)
  exchange.failed(error)
  return INTERNAL
}
