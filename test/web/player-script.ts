// Scripts for the page of foreign players: one driver for hls.js, dash.js and Shaka Player, and a recorder of frames.

/** Seconds that players buffer: with more, a switch would come after the end of the clip. */
const BUFFER_SECONDS = 4

/** Defines `openers`. Each opens a URL and resolves to a driver of the player. */
const DRIVERS = `
const openers = {
  async 'hls.js' (video, url) {
    const seconds = ${BUFFER_SECONDS}
    const hls = new Hls({ maxBufferLength: seconds, maxMaxBufferLength: seconds, autoStartLoad: false })
    hls.on(Hls.Events.ERROR, (_event, { fatal, details }) => { if (fatal) failures.push(details) })
    hls.loadSource(url)
    hls.attachMedia(video)
    await new Promise((resolve) => hls.once(Hls.Events.MANIFEST_PARSED, resolve))
    const lowest = hls.levels.reduce((low, { width }, i) => width < hls.levels[low].width ? i : low, 0)
    hls.loadLevel = lowest
    hls.startLoad()
    return {
      listWidths: () => hls.levels.map(({ width }) => width),
      listLanguages: () => hls.audioTracks.map(({ lang }) => lang),
      selectWidth: (width) => { hls.nextLevel = hls.levels.findIndex((level) => level.width === width) },
      selectAudio: (language) => { hls.audioTrack = hls.audioTracks.findIndex(({ lang }) => lang === language) },
      selectText: (language) => {
        hls.subtitleTrack = hls.subtitleTracks.findIndex(({ lang }) => lang === language)
      },
      close: () => hls.destroy(),
    }
  },
  async 'dash.js' (video, url) {
    const player = dashjs.MediaPlayer().create()
    const seconds = ${BUFFER_SECONDS}
    player.updateSettings({ debug: { logLevel: 0 }, streaming: {
      abr: { autoSwitchBitrate: { video: false, audio: false }, initialBitrate: { video: 1 } },
      buffer: { bufferTimeDefault: seconds, bufferTimeAtTopQuality: seconds, bufferTimeAtTopQualityLongForm: seconds },
      text: { defaultEnabled: false },
    } })
    player.on('error', ({ error }) => failures.push(error.message ?? String(error)))
    const isReady = new Promise((resolve) => player.on('streamInitialized', resolve))
    player.initialize(video, url, false)
    await isReady
    const findTrack = (type, language) => player.getTracksFor(type).find(({ lang }) => lang === language)
    return {
      listWidths: () => player.getRepresentationsByType('video').map(({ width }) => width),
      listLanguages: () => player.getTracksFor('audio').map(({ lang }) => lang),
      selectWidth: (width) => {
        const { id } = player.getRepresentationsByType('video').find((one) => one.width === width)
        player.setRepresentationForTypeById('video', id)
      },
      selectAudio: (language) => player.setCurrentTrack(findTrack('audio', language)),
      selectText: (language) => player.setTextTrack(player.getTracksFor('text').indexOf(findTrack('text', language))),
      findThumbnail: (time) => new Promise((resolve) => player.provideThumbnail(time, resolve)),
      close: () => player.destroy(),
    }
  },
  async Shaka (video, url) {
    shaka.polyfill.installAll()
    const player = new shaka.Player()
    await player.attach(video)
    player.configure({
      abr: { enabled: false, defaultBandwidthEstimate: 1 },
      streaming: { bufferingGoal: ${BUFFER_SECONDS}, rebufferingGoal: 1 },
    })
    player.addEventListener('error', ({ detail }) => failures.push(String(detail.code)))
    await player.load(url)
    const find = (tracks, language) => tracks.find((track) => track.language === language)
    const track = () => player.getVariantTracks().find(({ active }) => active)
    return {
      listWidths: () => [...new Set(player.getVariantTracks().map(({ width }) => width))],
      listLanguages: () => player.getAudioTracks().map(({ language }) => language),
      // Clearing the buffer shows a resolution soon, as after a choice of the viewer; else the next segment has it.
      selectWidth: (width, clearsBuffer = true) => {
        const { language } = track()
        const found = player.getVariantTracks().find((one) => one.width === width && one.language === language)
        player.selectVariantTrack(found, clearsBuffer, clearsBuffer ? 2 : 0)
      },
      selectAudio: (language) => player.selectAudioTrack(find(player.getAudioTracks(), language)),
      selectText: (language) => player.selectTextTrack(find(player.getTextTracks(), language)),
      findThumbnail: async (time) => {
        const { positionX, positionY, width, height, uris } = await player.getThumbnails(null, time)
        return { x: positionX, y: positionY, width, height, url: uris[0] }
      },
      close: () => player.destroy(),
    }
  },
}`

/** Defines `openPlayer`, `frames`, `failures`, `readPitch` and `listCues`. */
const RECORDER = `
const frames = []
const failures = []
let driver = null
let analyser = null
async function openPlayer (name, url) {
  const video = document.querySelector('video')
  const context = new AudioContext()
  await context.resume()
  analyser = context.createAnalyser()
  analyser.fftSize = 8192
  context.createMediaElementSource(video).connect(analyser)
  analyser.connect(context.destination)
  const record = (_now, { mediaTime, presentedFrames, width }) => {
    const { droppedVideoFrames } = video.getVideoPlaybackQuality()
    frames.push({ mediaTime, presentedFrames, droppedVideoFrames, width })
    video.requestVideoFrameCallback(record)
  }
  video.requestVideoFrameCallback(record)
  driver = await openers[name](video, url)
  await video.play()
}
/** Strongest frequency of the audio that is heard, Hz. */
function readPitch () {
  const levels = new Float32Array(analyser.frequencyBinCount)
  analyser.getFloatFrequencyData(levels)
  const strongest = levels.reduce((best, level, i) => level > levels[best] ? i : best, 0)
  return levels[strongest] > -90 ? strongest * analyser.context.sampleRate / analyser.fftSize : 0
}
/** Texts of the subtitles that are visible. */
function listCues () {
  const tracks = [...document.querySelector('video').textTracks].filter(({ mode }) => mode !== 'disabled')
  return tracks.flatMap(({ activeCues }) => [...activeCues ?? []].map(({ text }) => text))
}`

export const PLAYER_PAGE = `<!doctype html>
<title>Players</title>
<link rel="icon" href="data:,">
<button>Start</button>
<video width="640" height="60"></video>
<script src="/hls.js"></script>
<script src="/dash.js"></script>
<script src="/shaka.js"></script>
<script>${RECORDER}${DRIVERS}</script>`
