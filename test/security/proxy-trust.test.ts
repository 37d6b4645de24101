import t from 'tap'
import { createProxyTrust } from '../../src/security/proxy-trust.js'

t.test('trusts the addresses and blocks that are configured, the first time and later', async (t) => {
  const isTrusted = createProxyTrust(['127.0.0.1', '10.1.0.0/16', '2001:db8::/32'])
  for (const round of ['first', 'later']) {
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', '2001:db8::7']) {
      t.equal(isTrusted(address, 0), true, `${address}, ${round}`)
    }
    for (const address of ['127.0.0.2', '10.2.0.1', '2001:db9::1', 'unknown', '', '10.1.2.3, 8.8.8.8']) {
      t.equal(isTrusted(address, 1), false, `${address}, ${round}`)
    }
    t.equal(isTrusted(undefined, 0), false, `no address, ${round}`)
  }
})
