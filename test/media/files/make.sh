#!/usr/bin/env bash
# Creates the media files in this folder (ffmpeg 5 or newer with libx264, libx265 and truehd).
set -eu
FF="ffmpeg -v error -y -threads 1"; V="-f lavfi -i color=c=gray:s=64x36:r=4:d=12"; A="-f lavfi -i anullsrc=r=8000:cl=mono"; X="-c:v libx264 -preset ultrafast -g 8 -pix_fmt yuv420p"; S="-c:a aac -b:a 8k"
$FF -f lavfi -i color=c=gray:s=64x36:r=1:d=12 $A -t 12 -c:v libx264 -preset ultrafast -g 2 -pix_fmt yuv420p $S -muxdelay 0 -muxpreload 0 -mpegts_m2ts_mode 0 -output_ts_offset 600 -f mpegts starts-at-600s.m2ts
$FF $V $A -t 12 $X $S -output_ts_offset 5 starts-at-5s.mkv
$FF -f lavfi -i testsrc=s=64x36:r=1:d=40 $A -t 40 $X $S -f matroska whole.mkv; head -c $(( $(stat -c %s whole.mkv) / 2 )) whole.mkv > half.mkv; rm whole.mkv
$FF $V -f lavfi -i anullsrc=r=8000:cl=mono -f lavfi -i anullsrc=r=48000:cl=stereo -t 4 -map 0:v -map 1:a -map 2:a $X -c:a:0 aac -b:a:0 8k -c:a:1 truehd -strict -2 -metadata:s:a:0 language=eng -metadata:s:a:1 language=ger aac-and-truehd.mkv
$FF $V $A -t 6 -c:v libx265 -preset ultrafast -x265-params "log-level=none:keyint=8:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:repeat-headers=1" -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -tag:v hvc1 $S hdr10-hvc1.mp4
$FF -f lavfi -i color=c=gray:s=64x36:r=4:d=12 $A -t 12 -c:v libx264 -preset ultrafast -g 20 -pix_fmt yuv420p $S long.mp4; $FF -ss 2.3 -i long.mp4 -c copy trimmed.mp4; rm long.mp4
$FF $V -itsoffset 3 -f lavfi -i anullsrc=r=8000:cl=mono -t 12 -map 0:v -map 1:a $X $S audio-starts-at-3s.mp4
$FF -f lavfi -i color=c=gray:s=64x36:r=4 -frames:v 1 $X one-picture.mp4
$FF -f lavfi -i color=c=gray:s=64x36:r=2:d=6 $A -t 6 -c:v libx264 -preset ultrafast -g 4 -pix_fmt yuv420p $S -muxdelay 0 -muxpreload 0 -mpegts_m2ts_mode 0 -pat_period 10 -sdt_period 10 -output_ts_offset 95440 -f mpegts clock-overflows.m2ts
printf '1\n00:00:01,000 --> 00:00:02,000\nHallo\n' > line.srt; T="-i line.srt -i line.srt -map 0 -map 1 -map 2 -map 3 -t 4"; L="-metadata:s:s:0 language=ger -metadata:s:s:1 language=eng"
$FF $V $A $T $X $S -c:s:0 ass -c:s:1 srt $L -metadata:s:s:1 title=SDH embedded-subtitles.mkv
$FF $V $A $T $X $S -c:s mov_text $L embedded-subtitles.mp4; rm line.srt
