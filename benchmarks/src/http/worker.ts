// One library in a process of its own: `worker <candidate> <origin>`. Tells what its start cost, then does what it is
// sent, and tells what that cost.
import { expectedText } from './answer.ts'
import { candidates } from './candidates.ts'
import type { Client, Mode } from './client.ts'

/** What it took to be ready. */
export interface Start {
  /** Milliseconds to import the library and create a client. */
  readonly importMs: number
  /** Milliseconds from the first import to the first answer, for libraries that load lazily. */
  readonly firstAnswerMs: number
  /** Megabytes of resident memory more than before the import, after the first answer. */
  readonly memoryMb: number
}

export interface Job {
  readonly mode: Mode
  readonly calls: number
  /** How many of them run at a time. */
  readonly inFlight: number
}

/** What one call of a job took. */
export interface Cost {
  /** Microseconds of CPU, user and system, all threads. */
  readonly cpuUs: number
  /** Megabytes of resident memory after the job. */
  readonly memoryMb: number
}

const [candidate = '', origin = ''] = process.argv.slice(2)

function residentMb(): number {
  return process.memoryUsage.rss() / 1e6
}

async function call(client: Client, mode: Mode): Promise<void> {
  const text = await client[mode]()
  if (text !== expectedText[mode]) throw new Error(`${candidate} gave another text: ${text.slice(0, 80)}`)
}

async function start(): Promise<Client> {
  const known = candidates[candidate]
  if (known === undefined) throw new Error(`No candidate is called '${candidate}'`)
  const before = residentMb()
  const startedAt = performance.now()
  const client = (await known.load()).createClient(origin)
  const importMs = performance.now() - startedAt
  await call(client, 'chat')
  const firstAnswerMs = performance.now() - startedAt
  process.send?.({ importMs, firstAnswerMs, memoryMb: residentMb() - before } satisfies Start)
  return client
}

async function run(client: Client, { mode, calls, inFlight }: Job): Promise<void> {
  let left = calls
  const lane = async (): Promise<void> => {
    while (left-- > 0) await call(client, mode)
  }
  const cpu = process.cpuUsage()
  await Promise.all(Array.from({ length: inFlight }, lane))
  const { user, system } = process.cpuUsage(cpu)
  process.send?.({ cpuUs: (user + system) / calls, memoryMb: residentMb() } satisfies Cost)
}

process.on('disconnect', () => process.exit())
const client = await start()
process.on('message', (job: Job) => void run(client, job))
