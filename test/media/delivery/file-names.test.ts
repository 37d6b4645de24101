// File names of media files, in the response and as download tools save them.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { parse } from 'content-disposition'
import t from 'tap'
import { startApp } from '../../support/app.js'
import { addMovie, addShow } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { call } from '../../support/requests.js'
import { signUp, signUpAdmin } from '../../support/users.js'

const run = promisify(execFile)

t.test('media files have readable names', async (t) => {
  const { app } = await startApp(t)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const admin = await signUpAdmin(app)
  const startFile = async (itemId: string): Promise<string> => (await play(await signUp(app), itemId)).body.url
  const cases: ReadonlyArray<[title: string, name: string, fallback: string]> = [
    ['The Matrix', 'The Matrix (1999).mp4', 'The Matrix (1999).mp4'],
    ['Amélie', 'Amélie (1999).mp4', 'Amelie (1999).mp4'],
    ['千と千尋の神隠し', '千と千尋の神隠し (1999).mp4', '________ (1999).mp4'],
    ['Face/Off: "Run"?\u202e\n', 'Face Off Run (1999).mp4', 'Face Off Run (1999).mp4'],
    ['..\\..\\100% 50%41', '100% 50%41 (1999).mp4', '100% 50%41 (1999).mp4'],
    ['x'.repeat(200), `${'x'.repeat(80)}.mp4`, `${'x'.repeat(80)}.mp4`],
  ]
  for (const [title, name, fallback] of cases) {
    const url = await startFile(await addMovie(app, admin, { title }))
    for (const [method, headers] of [['GET', {}], ['GET', { range: 'bytes=0-9' }], ['HEAD', {}]] as const) {
      const response = await call(app, method, url, { headers })
      const header = String(response.headers['content-disposition'])
      const { type, parameters } = parse(header)
      t.strictSame([type, parameters['filename']], ['inline', name], `${method} ${name}`)
      t.equal(parse(header, { extended: false }).parameters['filename'], fallback)
      t.match(header, /^[\x20-\x7e]+$/)
    }
  }
  const { id, episodes } = await addShow(app, admin)
  const episode = await call(app, 'GET', await startFile(episodes[1]!))
  t.equal(episode.headers['content-disposition'], 'inline; filename="Fawlty Towers S01E02 The Builders.mp4"')

  const subtitles = async (itemId: string, path: string, titled: string): Promise<void> => {
    const kinds = [['de', 'forced', '.de.forced'], ['pt-BR', 'full', '.pt-BR'], ['en', 'sdh', '.en.sdh']] as const
    for (const [language, kind] of kinds) {
      const added = await call(app, 'POST', `/v1/admin/${path}/subtitles?language=${language}&kind=${kind}`, {
        token: admin.token,
        body: 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n',
        headers: { 'content-type': 'text/vtt' },
      })
      t.equal(added.status, 201)
    }
    const { body } = await play(await signUp(app), itemId)
    for (const [language, kind, suffix] of kinds) {
      const { url } = body.subtitles.find((one: any) => one.language === language && one.kind === kind)
      for (const method of ['GET', 'HEAD'] as const) {
        const { parameters } = parse(String((await call(app, method, url)).headers['content-disposition']))
        t.equal(parameters['filename'], `${titled}${suffix}.vtt`)
      }
    }
  }
  const long = await addMovie(app, admin, { title: 'Amélie '.repeat(30) })
  await subtitles(long, `movies/${long}`, `${'Amélie '.repeat(30).slice(0, 80).trim()}`)
  await subtitles(episodes[0]!, `shows/${id}/seasons/1/episodes/1`, 'Fawlty Towers S01E01 A Touch of Class')

  const folder = t.testdir({})
  const url = origin + await startFile(await addMovie(app, admin, { title: 'Amélie' }))
  await run('curl', ['-sSOJ', '--output-dir', folder, url])
  t.strictSame(readdirSync(folder), ['Amelie (1999).mp4'], 'curl')
})
