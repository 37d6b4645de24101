import fc from 'fast-check'
import { isIP } from 'node:net'
import t from 'tap'
import { ipAddressKey, truncateIpAddress } from '../../src/security/ip-address.js'

const NOT_ADDRESSES = [
  '',
  'unix',
  '1',
  '1.2.3',
  '010.1.1.1',
  '0x7f.1',
  '1.2.3.4:80',
  '[::1]',
  ':::',
  '1::2::3',
  '\0',
  '💥',
]

t.test('the audit log receives the /24 of an IPv4 address and the /48 of an IPv6 address', async (t) => {
  const cases: Array<[ip: string, network: string]> = [
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['::FFFF:cb00:714d', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0db8:0001::9', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8::/48'],
    ['1::2:3:4:5:6:7', '1:0:2::/48'],
    ['::1', '::/48'],
    ['fe80::1%eth0', 'fe80::/48'],
  ]
  for (const [ip, network] of cases) t.equal(truncateIpAddress(ip), network, ip)
  for (const text of NOT_ADDRESSES) t.equal(truncateIpAddress(text), null, JSON.stringify(text))
})

t.test('limits count an IPv4 address in all its spellings as one, and an IPv6 /64 as one', async (t) => {
  const same: string[][] = [
    ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:ffff:192.0.2.1'],
    ['2001:db8:1:2::1', '2001:DB8:1:2:ffff::', '2001:0db8:0001:0002:0:0:0:9', '2001:db8:1:2::192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0:1::', '2001:0db8::1%eth0'],
    ['fe80::1%eth0', 'fe80::2%eth1', 'fe80::3'],
    ['::1', '::2'],
  ]
  for (const [first = '', ...others] of same) {
    for (const other of others) t.equal(ipAddressKey(other), ipAddressKey(first), `${first} and ${other}`)
  }
  t.equal(new Set(same.map(([first]) => ipAddressKey(first))).size, same.length)
  t.not(ipAddressKey('192.0.2.1'), ipAddressKey('192.0.2.2'))
  t.not(ipAddressKey('2001:db8:1:2::1'), ipAddressKey('2001:db8:1:3::1'))
  t.not(ipAddressKey('1::2:3:4:5:6:7'), ipAddressKey('1::'))
})

t.test('text that is not an IP address counts as one caller, and nothing throws', async (t) => {
  for (const text of [undefined, ...NOT_ADDRESSES]) t.equal(ipAddressKey(text), 'unknown', JSON.stringify(text))
  fc.assert(
    fc.property(fc.oneof(fc.ipV4Extended(), fc.ipV6(), fc.string({ unit: 'binary' })), (text) => {
      const isAddress = isIP(text) !== 0
      return (ipAddressKey(text) !== 'unknown') === isAddress && (truncateIpAddress(text) !== null) === isAddress
    }),
    { numRuns: 2_000 },
  )
})
