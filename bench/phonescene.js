/**
 * A phone's camera and microphone that see and hear the clock: the fields of bench/timecode.py, and a tone at every
 * even second. All that follows getUserMedia is the page's own.
 */
(() => {
  const AHEAD_MS = Number("%AHEAD%"); // the clock of the codes minus the wall clock
  const [COLUMNS, ROWS, WIDE, HIGH] = [6, 4, 640, 480];
  const TONE_EVERY_MS = 2000;
  const clock = () => performance.timeOrigin + performance.now() + AHEAD_MS;
  const picture = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDE, HIGH];
    const pen = canvas.getContext("2d");
    const [wide, high] = [Math.floor(WIDE / COLUMNS), Math.floor(HIGH / ROWS)];
    setInterval(() => {
      const code = Math.floor(clock()) % 65536;
      const whole = code * 256 + (((code * 167 + 91) >> 3) & 255);
      for (let n = 0; n < COLUMNS * ROWS; n += 1) {
        pen.fillStyle = (whole >> (23 - n)) & 1 ? "#fff" : "#000";
        pen.fillRect((n % COLUMNS) * wide, Math.floor(n / COLUMNS) * high, wide, high);
      }
    }, 10);
    return canvas.captureStream(15).getVideoTracks();
  };
  const sound = () => {
    const audio = new AudioContext();
    const [tone, gate, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
    tone.frequency.value = 880;
    gate.gain.value = 0;
    tone.connect(gate).connect(out);
    tone.start();
    addEventListener("click", () => void audio.resume(), true); // sound may run once somebody touched the page
    let told = 0;
    setInterval(() => {
      const next = Math.ceil(clock() / TONE_EVERY_MS) * TONE_EVERY_MS;
      if (next === told || next - clock() < 30) return;
      told = next;
      const at = audio.currentTime + (next - clock()) / 1000;
      gate.gain.setValueAtTime(0.5, at);
      gate.gain.setValueAtTime(0, at + 0.12);
    }, 100);
    return out.stream.getAudioTracks();
  };
  navigator.mediaDevices.getUserMedia = async (wanted) =>
    new MediaStream([...(wanted.video ? picture() : []), ...(wanted.audio ? sound() : [])]);
})();
