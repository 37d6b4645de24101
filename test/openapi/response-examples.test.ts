// The stored response examples are those that the demo sends: "npm run openapi:examples" records them again.
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { operations, document } from './example-requests.js'
import { recordExamples, type Recording } from './record-examples.js'
import { listFields, listSecrets, redactRecording } from './redact-examples.js'

const FILE = 'openapi/response-examples.json'
const JSON_TYPE = 'application/json'
const isUpdate = process.env['NORMFLIX_UPDATE_EXAMPLES'] === '1'

const isSuccess = (status: string): boolean => status.startsWith('2')
/** Operation and status of every JSON response that is a success. */
const responses = operations.flatMap(({ id, path, method, definition }) =>
  Object.keys(definition['responses']).filter((status) =>
    isSuccess(status) && definition['responses'][status].content?.[JSON_TYPE] !== undefined
  ).map((status) => ({ id, path, method, status, media: definition['responses'][status].content[JSON_TYPE] }))
)

function toText (recording: Recording): string {
  const sorted = Object.fromEntries(Object.entries(recording).sort(([a], [b]) => a < b ? -1 : 1))
  return `${JSON.stringify(sorted, null, 2)}\n`
}

t.test('the examples have the fields of the responses of the demo', { timeout: 290_000 }, async (t) => {
  const result = await recordExamples(t)
  const recorded = redactRecording(result)
  if (isUpdate) writeFileSync(FILE, toText(recorded))
  const stored = JSON.parse(readFileSync(FILE, 'utf8')) as Recording
  t.ok(responses.length >= 140, `${responses.length} responses`)
  for (const { id, status } of responses) {
    const body = recorded[id]?.[status]
    t.ok(body !== undefined, `${id} ${status} is recorded`)
    t.strictSame(
      listFields(stored[id]?.[status]),
      listFields(body),
      `${id} ${status} is current; else run "npm run openapi:examples"`,
    )
  }
  t.strictSame(Object.keys(stored).sort(), Object.keys(recorded).sort(), 'no operation that does not exist')

  await t.test('without secrets', async (t) => {
    const secrets = listSecrets(result.recording)
    t.ok(secrets.length >= 30, `${secrets.length} secrets`)
    const text = JSON.stringify(recorded)
    t.strictSame(secrets.filter((secret) => text.includes(secret)), [])
    t.strictSame(listSecrets(stored).sort(), listSecrets(recorded).sort(), 'the stored ones are placeholders')
  })
})

t.test('the document contains the examples, and they fit the schemas', { skip: isUpdate }, async (t) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('idn-email', true)
  ajv.addSchema(document, 'openapi')
  const stored = JSON.parse(readFileSync(FILE, 'utf8')) as Recording
  for (const { id, path, method, status, media } of responses) {
    t.strictSame(media.example, stored[id]?.[status], `${id} ${status} is in the document`)
    const pointer = ['paths', path, method.toLowerCase(), 'responses', status, 'content', JSON_TYPE, 'schema']
    const $ref = `openapi#/${pointer.map((part) => part.replaceAll('/', '~1')).join('/')}`
    const validate = ajv.compile({ $ref: encodeURI($ref) })
    validate(media.example)
    t.strictSame(validate.errors ?? [], [], `${id} ${status}`)
  }
})
