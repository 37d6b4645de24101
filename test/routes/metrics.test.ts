// The metrics for Prometheus: route templates as labels, and results of playback.
import t from 'tap'
import { startApp } from '../support/app.js'
import { call } from '../support/requests.js'
import { signUp } from '../support/users.js'

t.test('labels are route templates, and playback is counted by result', async (t) => {
  const { app } = await startApp(t)
  const kim = await signUp(app)
  const id = '0'.repeat(24)
  await call(app, 'GET', `/v1/hls/${id}/video-1.m3u8?token=x`)
  const started = await kim.post(`/v1/profiles/${kim.profileId}/playback`, { itemId: id })
  const text = (await call(app, 'GET', '/metrics')).bytes.toString()
  const routes = [...text.matchAll(/route="([^"]+)"/g)].map(([, route]) => route ?? '')
  t.ok(routes.some((route) => route.startsWith('/v1/hls/:') && route.endsWith('.m3u8')), 'HLS playlists')
  t.strictSame(routes.filter((route) => /[()^\\]/.test(route)), [], 'no regular expressions')
  t.match(text, /^# TYPE normflix_playback_starts_total counter$/m)
  t.match(text, `normflix_playback_starts_total{result="${String(started.body.code)}"} 1`)
  for (const [, name] of text.matchAll(/^# TYPE (normflix_\S+_total) (?!counter)/gm)) t.fail(`${name} is no counter`)
})
