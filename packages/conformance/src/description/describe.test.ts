import { expect, it, test } from 'vitest'
import { fromAwsModel } from './aws-model.ts'
import { fromOpenApi } from './open-api.ts'
import { readDescription } from './read-description.ts'
import { problemsBy, type Schema } from './schema.ts'
import { describe as describedBy } from './service-description.ts'

const person: Schema = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1 }, age: { type: 'integer', minimum: 0, maximum: 150 } },
  required: ['name'],
}
const schemas = {
  Person: person,
  Employee: {
    allOf: [{ $ref: '#/components/schemas/Person' }, { type: 'object', properties: { team: { enum: ['a'] } } }],
  },
  Either: { oneOf: [{ $ref: 'Person' }, { type: 'array', items: { type: 'boolean' }, maxItems: 2 }] },
}

test.each<readonly [string, unknown, readonly string[]]>([
  ['Person', { name: 'Ada', age: 36 }, []],
  [
    'Person',
    { name: '', age: 151 },
    ['body.name, characters: 0 is not within 1 and undefined', 'body.age: 151 is not within 0 and 150'],
  ],
  ['Person', { age: 1.5 }, ['body has no name', 'body.age is no integer']],
  ['Person', { name: 'Ada', nose: 1 }, ['body.nose is not known']],
  ['Person', 'Ada', ['body is no object']],
  ['Employee', { name: 'Ada', team: 'a' }, []],
  [
    'Employee',
    { name: 'Ada', team: 'b', desk: 1 },
    ['body.desk is not known', 'body.team is "b", none of a', 'body.desk is not known'],
  ],
  ['Either', [true, false], []],
  ['Either', [true, false, true], ['body is no object']],
  ['Either', { name: 1 }, ['body.name is no text']],
])('a value as %s: %j', (name, value, problems) => {
  expect(problemsBy({ $ref: name }, value, schemas)).toEqual(problems)
})

it('takes null where it may be, and what is said beside a reference', () => {
  expect(problemsBy({ $ref: 'Person', nullable: true }, null, schemas)).toEqual([])
  expect(problemsBy({ $ref: 'Person' }, null, schemas)).toEqual(['body is no object'])
  expect(() => problemsBy({ $ref: 'Nobody' }, 1, schemas)).toThrow('not described: Nobody')
})

const openApi = {
  components: { schemas },
  paths: {
    '/people': { post: { requestBody: { content: { 'application/json': { schema: { $ref: 'Person' } } } } } },
    '/people/{id}:rename': { post: { requestBody: { content: { 'application/json': { schema: person } } } } },
    '/people/{id}': {},
  },
}

it('finds the schema by the path that is asked, whatever stands before it', () => {
  const { problemsOf, problemsIn } = describedBy('x.json', fromOpenApi(openApi), {
    fields: { Person: { nose: { type: 'number' } } },
    undescribed: ['/tokenize'],
  })
  const post = (path: string, body: unknown): readonly string[] => problemsOf({ method: 'POST', path, body })
  expect(post('/v1/people?x=1', { name: 'Ada', nose: 3 })).toEqual([])
  expect(post('/base/people/a%2Fb:rename', { name: 'Ada', nose: 3 })).toEqual(['body.nose is not known'])
  expect(post('/v1/animals', {})).toEqual(['/v1/animals is not described'])
  expect(post('/v1/tokenize', 'anything')).toEqual([])
  expect(problemsOf({ method: 'GET', path: '/animals', body: '' })).toEqual([])
  expect(problemsIn('Person', { nose: 'x' })).toEqual(['body has no name', 'body.nose is no number'])
  expect(() => describedBy('x', fromOpenApi(openApi), { fields: { Animal: {} } })).toThrow('not described')
})

it('reads a model of AWS', () => {
  const { problemsOf } = describedBy(
    'service-2.json',
    fromAwsModel({
      operations: {
        Ask: { http: { method: 'POST', requestUri: '/model/{id}/ask' }, input: { shape: 'AskRequest' } },
        Call: { http: { method: 'POST', requestUri: '/model/{id}/call' }, input: { shape: 'CallRequest' } },
        List: { http: { method: 'GET', requestUri: '/models' } },
      },
      shapes: {
        AskRequest: {
          type: 'structure',
          members: {
            id: { shape: 'Text', location: 'uri' },
            parts: { shape: 'Parts' },
            more: { shape: 'Anything' },
            weights: { shape: 'Weights' },
            sure: { shape: 'Flag' },
          },
          required: ['id', 'parts'],
        },
        CallRequest: { type: 'structure', members: { body: { shape: 'Bytes' } }, payload: 'body' },
        Parts: { type: 'list', member: { shape: 'Part' }, min: 1 },
        Part: { type: 'structure', union: true, members: { text: { shape: 'Text' }, bytes: { shape: 'Bytes' } } },
        Text: { type: 'string', pattern: '[a-z]+', max: 3 },
        Bytes: { type: 'blob' },
        Weights: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Weight' } } as never,
        Weight: { type: 'float', min: 0, max: 1 },
        Flag: { type: 'boolean' },
        Anything: { type: 'structure', document: true },
      },
    }),
    {},
  )
  const post = (body: unknown): readonly string[] => problemsOf({ method: 'POST', path: '/model/a:0/ask', body })
  expect(
    post({ parts: [{ text: 'abc' }, { bytes: 'AA==' }], more: { x: [1] }, weights: { a: 0.5 }, sure: true }),
  ).toEqual([])
  expect(post({ parts: [] })).toEqual(['body.parts, items: 0 is not within 1 and undefined'])
  expect(post({ id: 'a', parts: [{ text: 'abcd' }] })).toEqual([
    'body.id is not known',
    'body.parts[0].text, characters: 4 is not within undefined and 3',
  ])
  expect(post({ parts: [{ text: 'a', bytes: '' }], weights: { a: 2 } })).toEqual([
    'body.parts[0].bytes is not known',
    'body.weights.a: 2 is not within 0 and 1',
  ])
  expect(post({ sure: 'yes', parts: [{ text: 'a' }] })).toEqual(['body.sure is no boolean'])
  expect(problemsOf({ method: 'POST', path: '/model/a/call', body: { whatever: 1 } })).toEqual([])
})

it('is undefined where the file is not there', () => {
  expect(readDescription('nothing.json')).toBeUndefined()
})
