// Every package of the service runs on the oldest Node.js that package.json allows.
import { readFileSync } from 'node:fs'
import t from 'tap'

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean, readonly engines?: { readonly node?: string } }>>
}

const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock
const [, oldestMajor] = /^>=(\d+)\./.exec(engines.node) ?? []

/** Whether one alternative of a range accepts a major version: those of packages name no upper bound. */
function accepts (range: string, major: number): boolean {
  return range.split('||').some((alternative) => {
    const [, operator, version] = /^\s*(>=|>|\^|~)?\s*v?(\d+)/.exec(alternative) ?? []
    if (version === undefined) return alternative.includes('*')
    return operator?.startsWith('>') === true ? Number(version) <= major : Number(version) === major
  })
}

t.test('packages accept the declared version of Node.js', async (t) => {
  t.equal(accepts('>=22', 20), false)
  t.equal(accepts('18 || 20 || >=22', 20), true)
  t.equal(accepts('^12.17.0 || >=16.0.0', 20), true)
  const names = Object.keys(packages).filter((name) => name !== '' && packages[name]?.dev !== true)
  t.ok(names.length > 100)
  const rejecting = names.filter((name) => !accepts(packages[name]?.engines?.node ?? '*', Number(oldestMajor)))
  t.strictSame(rejecting, [])
})
