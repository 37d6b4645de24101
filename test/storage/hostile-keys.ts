// Storage keys that try to leave the storage folder or to name something odd, built from the usual tricks.

const TARGETS = ['etc/passwd', 'secrets.json', 'root-evil/secret']
const CLIMBS = [
  '../', '..\\', './../', '.\\..\\', '....//', '....\\\\', '..;/', '..%2f', '..%5c', '%2e%2e/', '%2e%2e%2f', '%2e%2e%5c', '%252e%252e%252f', '..%c0%af',
  '..%c1%9c', '%c0%ae%c0%ae/', '..\u2215', '..\u2044', '..\uff0f', '\uff0e\uff0e/', '..%00/', '..\0/', '.%2e/', '%2e./', '..//', '.../', '..\u0020/', '..\t/',
]
const WITH_TARGET = CLIMBS.flatMap((climb) => TARGETS.flatMap((target) => [climb + target, `films/${climb}${climb}${target}`]))

const ODD = [
  '', '.', '..', '...', '/', '//', '\\', '/etc/passwd', '//etc/passwd', '\\\\server\\share', 'C:/windows/win.ini', 'C:\\windows\\win.ini', 'c:film', 'file:///etc/passwd',
  'http://example.com/film', '~/film', '~root/film', 'film/', '/film', 'a//b', 'a/./b', 'a/../b', 'a/..', '../a', './a', 'a/.', '.hidden', 'a/.hidden',
  '.incoming/x', '.incoming', 'film.', 'film..mp4', 'film.mp4.', 'film mp4', ' film', 'film ', 'film\n', '\nfilm', 'film\r\n', 'film\0', 'film\0.mp4', 'fi\tlm',
  'film%00.mp4', 'film:stream', 'film::$DATA', 'film*', 'film?', 'film"', 'film|x', 'film<x', 'film>x', '$HOME/film', '`id`', '$(id)', 'film;id', 'film&id', 'film#x',
  'flöte', 'ﬁlm', 'film\u202egpm', 'film\u200b', '\ufefffilm', 'a'.repeat(129), `a/${'b'.repeat(129)}`, Array(9).fill('a').join('/'), 'a/'.repeat(5_000), '\u0000', '%',
  '{"$ne":null}', '__proto__/../x', 'film,x', 'film=x', 'film@x', 'film!', "film'", '(film)', '[film]', '{film}', '^film',
]

export const HOSTILE_KEYS: readonly string[] = [...WITH_TARGET, ...ODD]
