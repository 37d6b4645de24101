import t from 'tap'
import { truncateIpAddress } from '../../src/security/ip-address.js'

t.test('an address keeps its first 24 or 48 bits', async (t) => {
  const cases: Array<[string, string | null]> = [
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0db8:0001::9', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['unix', null],
    ['', null],
  ]
  for (const [address, kept] of cases) t.equal(truncateIpAddress(address), kept, address)
})
