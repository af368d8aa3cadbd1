import { expect, test } from 'vitest'
import { toAddress } from './address.ts'

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
  ['http://127.0.0.1:8080/v1//', 'http://127.0.0.1:8080'],
  ['https://gpu.example.org/llama/v1', 'https://gpu.example.org/llama'],
  ['https://gpu.example.org/api-v1', 'https://gpu.example.org/api-v1'],
])('%s is %s', (baseURL, address) => {
  expect(toAddress(baseURL)).toBe(address)
})
