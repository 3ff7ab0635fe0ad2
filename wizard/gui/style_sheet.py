"""The one style sheet of the window; colours and sizes come from the tokens."""

STYLE_SHEET = """
QWidget#ground { background: $ground; }
QFrame#line { background: $line; border: 0; max-height: 1px; min-height: 1px; }
QFrame#upright { background: $line; border: 0; max-width: 1px; min-width: 1px; }
QToolTip { background: $ground; color: $text; border: 1px solid $edge; padding: 4px 8px; }

PlainLabel { background: transparent; color: $text; }
PlainLabel:disabled { color: $quiet; }
PlainLabel[role="title"] { font-size: ${title_px}px; font-weight: 600; }
PlainLabel[role="heading"] { font-size: ${card_px}px; font-weight: 600; }
PlainLabel[role="strong"] { font-weight: 600; }
PlainLabel[role="quiet"] { color: $quiet; }
PlainLabel[role="id"] { color: $quiet; font-weight: 600; }
PlainLabel[role="accent"] { color: $accent; }
PlainLabel[role="supports"] { color: $supports; }
PlainLabel[role="contradicts"] { color: $contradicts; font-weight: 600; }
PlainLabel[role="red"] { color: $contradicts; }
PlainLabel[role="unsure"] { color: $unsure; }
FactLabel { font-family: "$mono"; color: $text; background: transparent; }
FactLabel[role="block"] { background: $ground; border: 1px solid $line; border-radius: ${size_radius}px;
  padding: 7px 10px; }

QFrame#card { background: $page; border: 1px solid $line; border-radius: ${size_radius_card}px; }
QFrame#card[edge="contradicts"] { border: 1px solid $contradicts; }
QFrame#card[edge="accent"] { border: 1px solid $accent; }
QFrame#panel { background: $selection; border: 0; border-radius: ${size_radius_card}px; }
QFrame#inset { background: $ground; border: 1px solid $line; border-radius: ${size_radius}px; }
QFrame#sides { background: $page; border: 1px solid $line; border-radius: ${size_radius}px; }
QFrame#side { background: transparent; border: 0; }
QFrame#side[against="true"] { background: $contradicts_tint; border-top-right-radius: 3px;
  border-bottom-right-radius: 3px; }
QFrame#bar { background: $ground; border: 1px solid $line; border-radius: ${size_radius}px;
  margin: 0 ${size_margin}px 8px ${size_margin}px; }

QPushButton { min-height: ${inner}px; padding: 0 16px; border: 1px solid $edge; border-radius: ${size_radius}px;
  background: $page; color: $text; font-weight: 500; outline: none; }
QPushButton:hover { background: $ground; border-color: $text; }
QPushButton:pressed { background: $track; }
QPushButton:focus { border: 2px solid $accent; padding: 0 15px; min-height: 28px; }
QPushButton:disabled { color: $quiet; border: 1px solid $line; background: $page; padding: 0 16px;
  min-height: ${inner}px; }
FilledButton, QPushButton[filled="true"] { background: $accent; color: $on_accent; border: 1px solid $accent;
  font-weight: 600; }
FilledButton:hover, QPushButton[filled="true"]:hover { background: $accent; border-color: $text; }
FilledButton:pressed, QPushButton[filled="true"]:pressed { background: $accent; }
FilledButton:focus, QPushButton[filled="true"]:focus { border: 2px solid $text; }
FilledButton:disabled, QPushButton[filled="true"]:disabled { background: $page; color: $quiet;
  border: 1px solid $line; }
ChipButton { min-height: ${chip_inner}px; padding: 0 10px; font-weight: 500; }
ChipButton:focus { min-height: 24px; padding: 0 9px; border: 2px solid $accent; }
ChipButton:disabled { min-height: ${chip_inner}px; padding: 0 10px; border: 1px solid $line; }
ChipButton:checked { background: $selection; color: $accent; border-color: $accent; font-weight: 600; }
ChipButton[soft="true"] { border-color: $line; font-weight: 400; }
ChipButton[soft="true"]:hover { border-color: $edge; }
ChipButton[soft="true"]:focus { border: 2px solid $accent; }
LinkButton { border: 0; background: transparent; color: $accent; padding: 0 2px; min-height: 20px;
  text-decoration: underline; font-weight: 400; text-align: left; }
LinkButton:hover { background: transparent; color: $text; }
LinkButton:pressed { background: transparent; }
LinkButton:focus { border: 2px solid $accent; border-radius: 2px; padding: 0; min-height: 16px; }
LinkButton:disabled { border: 0; color: $quiet; padding: 0 2px; text-decoration: none; min-height: 20px; }
LinkButton[quiet="true"] { color: $quiet; text-decoration: none; }
LinkButton[quiet="true"]:hover { color: $text; }
IconButton { border: 0; background: transparent; padding: 0; min-height: 28px; min-width: 28px; max-width: 28px;
  max-height: 28px; }
IconButton:hover { background: $track; }
IconButton:focus { border: 2px solid $accent; padding: 0; min-height: 24px; min-width: 24px; }

QLineEdit, QComboBox, QAbstractSpinBox { min-height: ${inner}px; padding: 0 10px; border: 1px solid $edge;
  border-radius: ${size_radius}px; background: $page; color: $text; selection-background-color: $accent;
  selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { border: 2px solid $accent; padding: 0 9px;
  min-height: 28px; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled, QPlainTextEdit:disabled { border-color: $line;
  color: $quiet; }
QLineEdit, QPlainTextEdit { placeholder-text-color: $quiet; }
QLineEdit:read-only { background: $ground; }
QLineEdit#mono { font-family: "$mono"; }
QComboBox::drop-down { border: 0; width: 28px; subcontrol-origin: padding; subcontrol-position: center right; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { border: 1px solid $edge; background: $page; color: $text; outline: 0;
  selection-background-color: $selection; selection-color: $text; padding: 2px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QSpinBox { padding: 0 0 0 10px; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0; min-height: 20px; background: transparent; }
QAbstractSpinBox QLineEdit:focus { border: 0; padding: 0; }
QPlainTextEdit { border: 1px solid $edge; border-radius: ${size_radius}px; background: $page; color: $text;
  padding: 2px 6px; selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit:focus { border: 2px solid $accent; padding: 1px 5px; }
QPlainTextEdit:read-only { background: $ground; }

QCheckBox, QRadioButton { spacing: 10px; color: $text; background: transparent; min-height: 24px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $edge; background: $page; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QRadioButton::indicator:checked { border: 1px solid $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QCheckBox:disabled, QRadioButton:disabled { color: $quiet; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border: 1px dashed $line; background: $page; }

QTableView, QTreeView, QListView { border: 1px solid $line; border-radius: ${size_radius_card}px; background: $page;
  alternate-background-color: $page; color: $text; gridline-color: $line; outline: 0;
  selection-background-color: $selection; selection-color: $text; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 2px solid $accent; }
QTableView::item, QTreeView::item, QListView::item { padding: 0 8px; border-bottom: 1px solid $line; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: $selection; color: $text; }
QTableView::item:focus { border: 2px solid $accent; }
QTableView QLineEdit, QTableView QComboBox, QTableView QAbstractSpinBox { border: 2px solid $accent; border-radius: 0;
  min-height: 20px; padding: 0 6px; }
QHeaderView { background: $page; border: 0; }
QHeaderView::section { background: $page; color: $quiet; border: 0; border-bottom: 1px solid $line; padding: 0 11px;
  min-height: 33px; font-weight: 400; text-align: left; }
QTableCornerButton::section { background: $page; border: 0; }

QListWidget#sidebar { border: 0; background: transparent; outline: 0; }
QListWidget#sidebar:focus { border: 0; }
QListWidget#sidebar::item { border: 0; padding: 0; }
QListWidget#sidebar::item:selected { background: transparent; }
QScrollArea { border: 0; background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: $thumb; min-height: 32px; border-radius: 3px; margin: 2px 4px 2px 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: $thumb; min-width: 32px; border-radius: 3px; margin: 2px 2px 4px 2px; }
QScrollBar::handle:hover { background: $edge; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { border: 0; background: $track; border-radius: 2px; min-height: 4px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QCalendarWidget QWidget { background: $page; color: $text; alternate-background-color: $ground; }
QCalendarWidget QToolButton { color: $text; padding: 4px 10px; border: 0; }
QMenu { background: $page; color: $text; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 6px 16px; }
QMenu::item:selected { background: $selection; color: $text; }
"""
