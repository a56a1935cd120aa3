//! The screen: the whole terminal, redrawn in place.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Ui;
#[cfg(unix)]
use super::keyboard::Keyboard;
use super::keyboard::{self, Key};
use super::stream::{Sink, Size};
use super::writer::Stream;
use crate::error::Error;
use crate::interrupt::{CleanupGuard, Interrupt, Suspension};

/// Switches to the alternate screen, hides the cursor, and makes the terminal cut long lines instead of wrapping them.
const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l";
/// Undoes [`ENTER`].
const LEAVE: &str = "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l";
/// Moves to the first line.
const HOME: &str = "\u{1b}[H";
/// Clears the rest of the line.
const CLEAR_LINE: &str = "\u{1b}[K";
/// Clears the rest of the screen.
const CLEAR_REST: &str = "\u{1b}[J";
/// How often keys are looked for.
const KEY_GLANCE: Duration = Duration::from_millis(20);
/// How often the size of the window is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// The whole terminal, redrawn in place until this is dropped. What was there before comes back then, and also after a
/// signal, and while the process is suspended.
pub struct Screen {
    ui: Ui,
    shown: Arc<Mutex<Shown>>,
    /// The bytes of keys that were read.
    typed: Mutex<Vec<u8>>,
    _undo: CleanupGuard,
    _suspension: Suspension,
}

#[derive(Default)]
struct Shown {
    /// The terminal is set up for drawing.
    is_entered: bool,
    /// The size of the last drawing; none if it must be drawn again.
    size: Option<Size>,
    /// The keyboard, if the screen is operated with single keys.
    #[cfg(unix)]
    keyboard: Option<Keyboard>,
}

impl Ui {
    /// Whether standard output is a terminal that can be redrawn.
    pub fn has_screen(&self) -> bool {
        self.terminals().output && self.output_mode().redraws
    }

    /// Takes the whole terminal. `None` if standard output is not a terminal, or can't be redrawn.
    pub fn screen(&self, interrupt: &Interrupt) -> Option<Screen> {
        if !self.has_screen() {
            return None;
        }
        self.stop_paging();
        let shown = Arc::new(Mutex::new(Shown::default()));
        let is_process = matches!(self.state().output, Sink::Process(_));
        let leave = |shown: &Arc<Mutex<Shown>>| {
            let shown = shown.clone();
            move || {
                if lock(&shown).leave() && is_process {
                    Stream::Output.write_briefly(LEAVE);
                }
            }
        };
        let undo = interrupt.cleanup(leave(&shown));
        // After the process was continued, the next drawing sets up the terminal again.
        let resumed = shown.clone();
        let suspension = interrupt.on_suspend(Some(Box::new(leave(&shown))), move |_| {
            lock(&resumed).forget();
        });
        Some(Screen {
            ui: self.clone(),
            shown,
            typed: Mutex::default(),
            _undo: undo,
            _suspension: suspension,
        })
    }
}

impl Screen {
    /// The same, operated with single keys, if standard input is a terminal.
    #[cfg(unix)]
    pub fn with_keys(self) -> Option<Self> {
        let is_process = matches!(self.ui.state().input, super::Input::Process);
        if !self.ui.terminals().input || !is_process {
            return None;
        }
        lock(&self.shown).keyboard = Some(Keyboard::default());
        Some(self)
    }

    /// Other systems have no single keys here.
    #[cfg(not(unix))]
    pub fn with_keys(self) -> Option<Self> {
        None
    }

    /// Waits for the next key. The future may be dropped at any time without losing keys.
    pub async fn key(&self) -> Key {
        loop {
            // What is typed before the screen is there is not for it.
            let is_entered = lock(&self.shown).is_entered;
            if is_entered && self.ui.state().output.is_in_foreground() {
                let is_idle = self.read_keys();
                if let Some(key) = keyboard::next(&mut lock(&self.typed), is_idle) {
                    return key;
                }
            }
            tokio::time::sleep(KEY_GLANCE).await;
        }
    }

    /// Reads what was typed. Returns whether nothing was.
    #[cfg(unix)]
    fn read_keys(&self) -> bool {
        if !super::stream::has_input(Duration::ZERO) {
            return true;
        }
        match self.ui.state().input.part(256) {
            Ok(bytes) if !bytes.is_empty() => lock(&self.typed).extend(bytes),
            // As the key for the end of input.
            _ => lock(&self.typed).push(4),
        }
        false
    }

    #[cfg(not(unix))]
    fn read_keys(&self) -> bool {
        true
    }

    /// The current size of the terminal.
    pub fn size(&self) -> Size {
        let state = self.ui.state();
        let size = state.output.size();
        size.unwrap_or_else(|| Size::usual(self.ui.terminals().width))
    }

    /// Draws these lines from the top, as many as there is room for, and clears the rest. They may contain colors. A
    /// background job draws nothing.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn draw<S: AsRef<str>>(&self, lines: impl IntoIterator<Item = S>) -> Result<(), Error> {
        if !self.ui.state().output.is_in_foreground() {
            return Ok(());
        }
        let size = self.size();
        let mut text = String::new();
        {
            let mut shown = lock(&self.shown);
            if !std::mem::replace(&mut shown.is_entered, true) {
                text.push_str(ENTER);
                #[cfg(unix)]
                if let Some(keyboard) = &mut shown.keyboard {
                    keyboard.set();
                }
                self.ui.state().holds_messages = true;
            }
            shown.size = Some(size);
        }
        text.push_str(HOME);
        let mut count = 0;
        let mut between = "";
        for line in lines.into_iter().take(size.rows) {
            text.push_str(between);
            // First, because at the end of a full line, the cursor is still on its last character.
            text.push_str(CLEAR_LINE);
            text.push_str(line.as_ref());
            between = "\r\n";
            count += 1;
        }
        if count < size.rows {
            text.push_str(between);
            text.push_str(CLEAR_REST);
        }
        self.ui.print(&text)
    }

    /// Waits until what was drawn no longer fits: the window was resized, or the process was continued.
    pub async fn changed(&self) {
        loop {
            tokio::time::sleep(GLANCE).await;
            let drawn = lock(&self.shown).size;
            if drawn != Some(self.size()) && self.ui.state().output.is_in_foreground() {
                return;
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if lock(&self.shown).leave() {
            // The result is already on its way, or can't be written either.
            let _ = self.ui.print(LEAVE);
        }
        self.ui.release_messages();
    }
}

impl Shown {
    /// Whether the terminal must be restored, which it is only once.
    fn leave(&mut self) -> bool {
        self.size = None;
        #[cfg(unix)]
        if let Some(keyboard) = &mut self.keyboard {
            keyboard.restore();
        }
        std::mem::take(&mut self.is_entered)
    }

    /// The process was continued, and someone else had the terminal meanwhile.
    fn forget(&mut self) {
        self.size = None;
        self.is_entered = false;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{OutputMode, Terminals};

    fn ui(terminals: Terminals, redraws: bool) -> (Ui, crate::ui::stream::Written) {
        let (ui, written) = Ui::memory(terminals, || std::time::UNIX_EPOCH, "");
        ui.set_output_mode(OutputMode {
            redraws,
            ..OutputMode::default()
        });
        (ui, written)
    }

    const TERMINAL: Terminals = Terminals {
        input: true,
        output: true,
        error: true,
        width: Some(40),
    };

    #[test]
    fn each_drawing_replaces_the_one_before_and_the_terminal_is_restored() {
        let (ui, written) = ui(TERMINAL, true);
        let screen = ui.screen(&Interrupt::none()).expect("a screen");
        screen.draw(["one", "two"]).expect("drawn");
        screen.draw(["three"]).expect("drawn");
        drop(screen);
        let (output, _) = written.texts();
        let one = format!("{ENTER}{HOME}{CLEAR_LINE}one\r\n{CLEAR_LINE}two\r\n{CLEAR_REST}");
        let other = format!("{HOME}{CLEAR_LINE}three\r\n{CLEAR_REST}{LEAVE}");
        assert_eq!(output, one + &other);
    }

    #[test]
    fn draws_no_more_lines_than_there_is_room_for() {
        let (ui, written) = ui(TERMINAL, true);
        let screen = ui.screen(&Interrupt::none()).expect("a screen");
        let rows = screen.size().rows;
        screen.draw(vec!["line"; rows + 5]).expect("drawn");
        let (output, _) = written.texts();
        assert_eq!(output.matches("line").count(), rows);
    }

    #[test]
    fn there_is_no_screen_off_a_terminal_or_on_one_that_can_not_be_redrawn() {
        for (terminals, redraws) in [(Terminals::default(), true), (TERMINAL, false)] {
            let (ui, _) = ui(terminals, redraws);
            assert!(ui.screen(&Interrupt::none()).is_none());
        }
    }
}
