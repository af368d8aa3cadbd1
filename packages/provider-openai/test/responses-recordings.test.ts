import { testRecordings } from '@llmfb/conformance'
import { test } from 'vitest'
import { connect } from './connect.ts'
import { responsesRecordings } from './recordings.ts'

testRecordings(test, {
  ...responsesRecordings,
  label: 'openai responses',
  connect: (baseURL) => connect({ baseURL, api: 'responses' }),
})
