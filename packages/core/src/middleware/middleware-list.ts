import type { Check } from '../validation/shape.ts'
import { all, arrayOf, callable, distinctNames, fields, isFields, text } from '../validation/shape.ts'

/** One that wraps nothing is a mistake. */
const wrapsSomething: Check = (value, path, report) => {
  if (!isFields(value) || value['chat'] !== undefined || value['stream'] !== undefined) return
  report(path, 'must have chat, stream or both, or it does nothing')
}

/** The form of a list of middlewares; each may have members of its own besides. */
export const middlewareList: Check = all(
  arrayOf(all(fields({ name: text, chat: callable, stream: callable }, ['name'], true), wrapsSomething), 'middlewares'),
  distinctNames,
)
