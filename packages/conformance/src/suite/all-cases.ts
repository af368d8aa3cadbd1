import type { Case } from './case.ts'
import { abortCases } from './cases/abort.ts'
import { addressCases } from './cases/addresses.ts'
import { contractCases } from './cases/contract.ts'
import { cutCases } from './cases/cuts.ts'
import { facetCases } from './cases/facets.ts'
import { failureCases } from './cases/failures.ts'
import { inputCases } from './cases/input.ts'
import { keyFailoverCases } from './cases/key-failover.ts'
import { keyPoolCases } from './cases/key-pools.ts'
import { keyCases } from './cases/keys.ts'
import { malformedCases } from './cases/malformed.ts'
import { optionCases } from './cases/options.ts'
import { parameterCases } from './cases/parameters.ts'
import { reasoningCases } from './cases/reasoning.ts'
import { socketCases } from './cases/sockets.ts'
import { streamCases } from './cases/stream.ts'
import { textCases } from './cases/text.ts'
import { toolCases } from './cases/tools.ts'

/** Everything that a provider has to keep. */
export const allCases: readonly Case[] = [
  ...contractCases,
  ...optionCases,
  ...addressCases,
  ...textCases,
  ...streamCases,
  ...toolCases,
  ...reasoningCases,
  ...inputCases,
  ...parameterCases,
  ...failureCases,
  ...malformedCases,
  ...cutCases,
  ...abortCases,
  ...socketCases,
  ...keyCases,
  ...keyPoolCases,
  ...keyFailoverCases,
  ...facetCases,
]
