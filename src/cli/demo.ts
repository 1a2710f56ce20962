import { readdir, readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { join, relative } from 'node:path'
import { decodeReview } from '../admission/decode-review.ts'
import type { Webhook } from '../admission/outcome.ts'
import type { ReviewRequest } from '../admission/review-request.ts'
import type { Settings } from '../config/settings.ts'
import { GuardError } from '../errors.ts'
import { createLogger } from '../telemetry/logger.ts'
import { readCertificateFile } from '../tls/certificate-files.ts'
import { authorityPath, demoCertificates } from './demo-certificates.ts'
import { type DemoStyle, introText, reviewText, servingText, summaryText } from './demo-text.ts'
import { describeReview } from './describe-review.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { untilStopped } from './lifetime.ts'
import { packageRoot } from './package-root.ts'
import { createPalette } from './palette.ts'
import { postReview } from './post-review.ts'
import { printProblems } from './print-error.ts'
import { type ReviewAnswer, readReviewAnswer } from './review-answer.ts'
import { type Service, startService } from './start-service.ts'
import { webhookOf } from './webhook-of.ts'

interface DemoReview {
  readonly path: string
  readonly body: string
  readonly request: ReviewRequest
  readonly webhook: Webhook
}

const WIDEST = 100

/** `soci-guard demo`: a real server over the examples, asked every example review over TLS; then it keeps serving. */
export const demo = async (settings: Settings<'demo'>, io: Io): Promise<ExitCode> => {
  const examples = join(packageRoot(), 'examples')
  const stopped = untilStopped(io)
  const style: DemoStyle = {
    palette: createPalette(io.stdout, io.env, settings.color),
    columns: Math.min(io.stdout.columns ?? WIDEST, WIDEST),
  }
  const reviews = await readReviews(join(examples, 'reviews'))
  const { directory, made } = await demoCertificates(settings.certDir, io.nowMs())
  const files = {
    config: settings.config ?? (settings.inventory === undefined ? join(examples, 'guard.yaml') : undefined),
    inventory: settings.inventory ?? join(examples, 'inventory.yaml'),
  }
  const service = await start(settings, files, directory, io)
  io.stdout.write(introText(style))
  if (made) io.stdout.write(`\nDevelopment certificates were made in ${shown(directory)}.\n`)
  const answers = await askAll(service, authorityPath(directory), reviews, text => io.stdout.write(text), style)
  io.stdout.write(summaryText(answers, style))
  if (!settings.once) {
    const example = reviews.find((_, index) => answers[index]?.allowed === false) ?? reviews[0]
    io.stdout.write(
      servingText(
        {
          port: service.address.port,
          opsPort: service.opsAddress.port,
          authority: shown(authorityPath(directory)),
          review: shown(example?.path ?? ''),
          webhook: example?.webhook ?? '',
          files: [files.inventory, ...(files.config === undefined ? [] : [files.config])].map(shown),
        },
        style,
      ),
    )
    await stopped
  }
  await service.stop({ drainMs: settings.drainSeconds * 1000, lateMs: 0, closeMs: 1000 })
  return 0
}

// A path as one would type it here, unless it would have to climb out of this folder first.
const shown = (path: string): string => {
  const fromHere = relative(process.cwd(), path)
  return fromHere.startsWith('..') ? path : fromHere
}

const start = (
  settings: Settings<'demo'>,
  files: { readonly config: string | undefined; readonly inventory: string },
  certDir: string,
  io: Io,
): Promise<Service> => {
  const log = createLogger({
    level: settings.logLevel,
    destination: 1,
    onWriteError: error => printProblems(io.stderr, [`cannot write the log: ${error.message}`]),
  })
  return startService({
    ...settings,
    ...files,
    env: io.env,
    certDir,
    tlsMinVersion: '1.3',
    clientAuthority: null,
    log,
    audit: log,
  })
}

const readReviews = async (folder: string): Promise<DemoReview[]> => {
  const names = (await readdir(folder)).filter(name => name.endsWith('.json')).sort()
  return Promise.all(names.map(name => readReview(join(folder, name))))
}

const readReview = async (path: string): Promise<DemoReview> => {
  const body = await readFile(path, 'utf8')
  const decoded = decodeReview(JSON.parse(body))
  if (!decoded.ok) throw new GuardError(decoded.code, `${path}: ${decoded.message}`)
  return { path, body, request: decoded.request, webhook: webhookOf(decoded.request) }
}

const askAll = async (
  service: Service,
  authority: string,
  reviews: readonly DemoReview[],
  write: (text: string) => void,
  style: DemoStyle,
): Promise<ReviewAnswer[]> => {
  const agent = new Agent({ ca: await readCertificateFile(authority), keepAlive: true, maxSockets: 1 })
  const answers: ReviewAnswer[] = []
  try {
    for (const { body, request, webhook } of reviews) {
      const { statusCode, body: text } = await postReview(agent, service.address.port, webhook, body)
      const answer = statusCode === 200 ? readReviewAnswer(JSON.parse(text)) : undefined
      if (answer === undefined) throw new Error(`expected the answer to a review, found HTTP ${statusCode}: ${text}`)
      answers.push(answer)
      write(reviewText(answers.length, describeReview(request), answer, style))
    }
  } finally {
    agent.destroy()
  }
  return answers
}
