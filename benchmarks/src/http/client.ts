/** A library under measurement: each asks for the same answer, and gives its text. */
export interface Client {
  chat(): Promise<string>
  stream(): Promise<string>
}

export type Mode = keyof Client

export const model = 'gpt-4.1-mini'
/** What is fallen back on where a library has a word for that; it is never needed. */
export const secondModel = 'gpt-4.1'
export const apiKey = 'a-key-for-a-server-that-asks-for-none'
/** Requests are signed with these, as most programs on AWS do it. */
export const bedrockSettings = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-for-a-server-that-asks-for-none' },
} as const
export const question = 'Why is the sky blue?'
